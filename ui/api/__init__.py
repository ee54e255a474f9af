"""The HTTP interface for programs: OpenAI's chat completions with citations, probes, metrics, and tools for MCP clients."""
