"""What reaches us from outside: translate, authorise, call one function below."""
