"""LangChain: the language model that the settings name, and the assistant as a part of other chains."""
