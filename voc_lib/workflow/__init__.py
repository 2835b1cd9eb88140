"""The run: the graph of notebooks, their execution, rendering to HTML and PDF, and the site."""
