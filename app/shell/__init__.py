"""The frame around every lesson: language, links, lecture mode, model picker, step player, exports, predictions."""
