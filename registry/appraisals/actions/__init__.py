"""Everything that happens to obligations and appraisals."""
