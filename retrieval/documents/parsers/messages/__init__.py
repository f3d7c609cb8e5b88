"""What people send each other and note down: mail, appointments, addresses, and what is said in films."""
