"""What is put right without anybody's asking, and the audit of it. Its modules know each other, nobody imports all."""
