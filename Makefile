# Martlet: `make` says what there is to make.

CONFIGURATION ?= debug

help:
	@echo 'Martlet runs Lambda functions on your own machine, confined and sealed.'
	@echo
	@echo '  make demo      install what is missing, build, and run three functions with the AWS CLI'
	@echo '  make test      everything that CI runs'
	@echo
	@echo '  make check     before a push: formatting, the map of modules, unit tests'
	@echo '  make build     the program, for development (.build/debug/martlet)'
	@echo '  make release   the program, optimised (.build/release/martlet)'
	@echo '  make bench     start and call times beside those of the machine itself; also as JSON'
	@echo '  make fuzz      feeds every parser with what breaks parsers (TIME=60: a minute each)'
	@echo '  make soak      hours of load with crashes; nothing may leak or get lost (MINUTES=60)'
	@echo '  make install   Debian packages by name and the AWS clients for the tests, if missing'
	@echo '  make clean     removes what was built'
	@echo
	@echo 'Then, for daily use:'
	@echo '  .build/release/martlet serve                                      # in one terminal'
	@echo '  eval "$$(.build/release/martlet credentials --format env)"         # in another'
	@echo '  aws lambda list-functions'

install:
	@dev/install

build: install
	swift build --product martlet

release: install
	swift build -c release --product martlet

demo: install
	@swift build -c $(CONFIGURATION) --product martlet
	@dev/demo .build/$(CONFIGURATION)/martlet

test: install
	@dev/test

check:
	@dev/check

bench: release
	@dev/bench

fuzz: install
	@dev/fuzz

soak: release
	@dev/soak

clean:
	rm -rf .build Examples/*/.build

.PHONY: help install build release demo test check bench fuzz soak clean
