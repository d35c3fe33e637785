"""What an operator may stand behind and a resident may use: guidance, reply drafts, the citation lock."""
