"""What somebody does about their levels: plans with objectives, and conversations about where they want to go."""
