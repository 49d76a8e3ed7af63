"""How scripts of the deployment tool say that something cannot be done."""


class Refusal(Exception):
    """Something a person can act on."""
