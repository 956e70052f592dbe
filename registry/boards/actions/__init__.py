"""What people do with vacancies and shortlists; one module for each of vacancies, builds and decisions."""
