"""Every sentence about an input of a person's own."""

OWN = "Your own"
BEGIN = "Try an input of your own: type, draw, upload or enter it, beginning with this example."
KEYS = {"text": "Type a text", "tokens": "Type tokens, with blanks between them"}
UPLOAD, UPLOAD_HELP = "Upload", "A picture as PNG, JPEG, GIF, BMP or WEBP; it is stretched to the size of the data's."
INK = "Dark ink on white paper."
LINK = "The link to this page does not carry this input: it is too long."
NO_ANSWER = "No right answer is known. Where one is needed, the network’s own stands for it."
NEXT_TYPED = "At every place the right answer is what you typed next."
SERIES = "One row for each step."
POINT = ("x1", "x2")


def refused(fault: str) -> str:
    """What is wrong with an input, said beside it: its place needs no name there."""
    place, _, sentence = fault.partition(": ")
    return f"{sentence[:1].upper()}{sentence[1:]}" if place.startswith("example.") else fault


def dropped(fault: str) -> str:
    """Why an input that came along is not shown."""
    return f"Your own input does not fit this run, so an example of the data is shown. {refused(fault)}"
