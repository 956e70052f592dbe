"""The room's pages: vacancies, and their lists."""
