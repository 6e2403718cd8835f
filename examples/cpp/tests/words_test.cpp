#include "words.h"
#include <sstream>

int main() {
  std::istringstream none(""), three(" a few\nwords ");
  return count_words(none) == 0 && count_words(three) == 3 ? 0 : 1;
}
