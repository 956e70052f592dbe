"""The pages of HR officers and of responsible officers: that and when appraisals take place, never what was said."""
