"""What is served beside the pages: plain HTML and HTTP, without a WebSocket."""
