#pragma once
#include <istream>

// Counts the words of a stream: what white space separates.
std::size_t count_words(std::istream &in);
