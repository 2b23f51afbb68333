"""Message protection at either edge: sessionblob (Net iD), wssecurity (OASIS WSS), jose (JWE, JWS, JWT), fields.

Each has a pure core (functions on bytes and trees) and one thin plug-in class on top of it.
"""
