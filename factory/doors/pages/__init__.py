"""The HTML pages: sign-in, the list of pipelines, the shell of the editor."""
