"""The ways to compute a frame that `engine.steps` knows, for those who choose among them before torch is loaded."""

NAMES = ("torch", "onnxruntime fp32", "onnxruntime int8", "cuda graphs")
