module siamese

go 1.19
