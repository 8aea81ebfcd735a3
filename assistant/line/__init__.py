"""Line mode: the conversation and the flows as plain lines, also the accessible face."""
