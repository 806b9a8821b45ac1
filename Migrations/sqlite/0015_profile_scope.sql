-- "Account" was the name of three things. This group is about the person's own profile.
UPDATE scopes SET group_name = 'Your profile' WHERE name = 'account:read';
