"""WHIP, WHEP and ICE servers: authorise and forward; no media here."""
