"""What is this request or response? May it be rewritten?"""
