"""The components that pipelines can be made of."""
