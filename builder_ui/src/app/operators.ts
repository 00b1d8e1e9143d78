/** What the operators' pages load: the colours of the product for Django's own tables and forms. */
import "../styles/tokens.css";
import "../styles/operators.css";
