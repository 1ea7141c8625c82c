module example/train_and_search

go 1.18
