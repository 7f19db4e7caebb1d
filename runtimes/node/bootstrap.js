// runtime client
