// Counts the words of its input.
#include "words.h"
#include <iostream>

int main() { std::cout << count_words(std::cin) << '\n'; }
