"""What office formats share: packages read within bounds, XML elements, equations, numbered lists, charts."""
