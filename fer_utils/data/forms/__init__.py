"""The forms that people have FER-2013 in, a module a form; `fer_utils.data.sources` says which one a path has.

Each reader gives the faces with the shape that they have in the source; `fer_utils.data.fer2013` checks them.
"""
