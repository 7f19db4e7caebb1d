"""Starts the runtime client, which is a module of its own so that it can be shipped compiled."""

from martlet_client import run

if __name__ == "__main__":
    run()
