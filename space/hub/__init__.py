"""Models and data sets on the Hugging Face Hub: naming, fetching, checking and caching them."""
