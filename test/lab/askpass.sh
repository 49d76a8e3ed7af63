#!/bin/sh
# Answers OpenSSH's question for a password or a passphrase.
printf '%s\n' "$MYX_LAB_SECRET"
