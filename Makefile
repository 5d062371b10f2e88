# Every verb does its own set-up and needs nothing else typed.
SHELL := /bin/bash
.DEFAULT_GOAL := help

SWIFT_FLAGS ?= -j 2
PASSES ?= 12
PREFIX ?= /usr/local
.PHONY: help setup build test demo record release install package check lint simulate simulate-full \
  conformance review bench bench-matching clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: ## what the build needs from the system, by package name
	@bash .ci/setup

build: setup ## debug build
	swift build $(SWIFT_FLAGS)

test: setup ## all tests
	swift test $(SWIFT_FLAGS)

demo: setup ## the main job against the embedded sandbox
	@swift build $(SWIFT_FLAGS) --product xerosync
	@"$$(swift build --show-bin-path)/xerosync" demo

release: setup ## optimised program that needs no Swift on its machine
	swift build $(SWIFT_FLAGS) -c release --static-swift-stdlib --product xerosync

install: ## program, manual page and completions, after make release: PREFIX=/usr/local
	@.ci/install "$$(swift build -c release --static-swift-stdlib --show-bin-path)/xerosync" \
	  "$(DESTDIR)$(PREFIX)" strip

package: release ## a Debian package under .build/package
	@.ci/package "$$(swift build -c release --static-swift-stdlib --show-bin-path)/xerosync" \
	  .build/package

lint: ## formatting rules
	swift format lint --strict --recursive Sources Tests Package.swift

record: build ## golden files and help pages, written anew; read the difference
	XEROSYNC_RECORD=1 swift test $(SWIFT_FLAGS) --filter 'ConfigurationFileTests|DocsTests'

check: lint test ## what a change must pass

simulate: setup ## the engine in worlds from seeds: SEED=1 PASSES=12 OMIT=…, or BUDGET=600
	$(if $(SEED),SEED=$(SEED)) PASSES=$(PASSES) swift test $(SWIFT_FLAGS) -c release --filter SimulationTests.SimulationTests

simulate-full: setup ## every tier of the proof, about an hour on two cores
	@bash .ci/simulate-full

conformance: build ## the sandbox proved by the vendors' own SDKs
	@bash .ci/conformance

review: build ## the page of dedupe --review driven in a real browser
	@bash .ci/review

bench: setup ## speed and memory of a release build, as ratios
	@bash .ci/bench

bench-matching: setup ## dedupe: time, memory, precision and recall beside Splink
	@bash .ci/bench-matching

clean: ## remove what was built
	rm -rf .build
