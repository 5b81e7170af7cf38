"""Cases from receipt to receipt: their states, who works them next, when they are due, and what must be approved."""
