-- A scope's sentence speaks to whoever decides, as that of account:read does ("Your name"); this one spoke about a third.
-- Whoever has put it in other words keeps theirs.
UPDATE scopes SET sentence = 'Everything the API can do, now and in future, as you. Made for older apps.'
WHERE name = 'default'
    AND sentence = 'Everything the API can do, now and in future, as this person. Made for older apps.';
