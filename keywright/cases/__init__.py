"""Cases from arrival to receipt: their states, which is worked next, when they are due, and what must be approved."""
