"""What machines ask of this installation: does it live, can it serve, how is it doing."""
