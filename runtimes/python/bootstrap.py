# runtime client
