"""The simulator: the product's own intake, lanes and policies in one thread, every choice by one seed (P1-P7, PROMISE)."""
