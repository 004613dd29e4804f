"""From chosen sources to a cited answer: context, writer, verification, answerability."""
