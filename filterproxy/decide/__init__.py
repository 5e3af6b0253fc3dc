"""Which rules apply here?"""
