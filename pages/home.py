"""The home page: the path of the course, one picture a lesson."""

from app.shell.home import home_page

home_page()
