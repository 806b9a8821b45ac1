-- Which scopes only admins may use is asked with every token of a member, from this index alone.
CREATE INDEX scopes_sensitive ON scopes (name) WHERE sensitivity = 'high';
