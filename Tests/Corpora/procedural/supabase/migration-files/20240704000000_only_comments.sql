-- Nothing but comments.
/* ; */
