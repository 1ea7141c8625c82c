package main

const items = 8

// A title and two queries that should find it.
var data = [items][3]string{
	{"oak writing desk", "wooden desk", "writing table"},
	{"glass computer desk", "office desk", "computer table"},
	{"brass kitchen faucet", "kitchen tap", "sink tap"},
	{"steel bathroom faucet", "bath tap", "bathroom tap"},
	{"red velvet sofa", "red couch", "velvet settee"},
	{"grey corner sofa", "corner couch", "grey settee"},
	{"cordless power drill", "battery drill", "screwdriver"},
	{"heavy hammer drill", "masonry drill", "stone drill"},
}
var asked = []string{"wooden table", "grey couch", "bath sink"}
